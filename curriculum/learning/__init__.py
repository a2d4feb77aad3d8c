"""A learner at work: copies of lessons, checks, hints, solutions, readings, minutes, and all of it moved elsewhere."""
