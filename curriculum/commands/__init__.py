"""Commands of `mind`, by whom they are for; `curriculum.cli` imports a group when one of it is called."""
