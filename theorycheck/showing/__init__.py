"""What people and programs read: terminal, JSON, notebook, report."""
