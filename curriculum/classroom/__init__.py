"""A class, from its first day to its last: who is in it, what they get and hand in, and how they stand.

Everything is in nbgrader's folders and its gradebook, so that nbgrader's own commands see the same class. Nothing here
knows of the terminal or of a server.
"""
