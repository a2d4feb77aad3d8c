"""What the journal says about time and memory: hours over the calendar, when the plan is done, what to do again."""
