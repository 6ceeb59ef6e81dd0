"""What each role is asked and answers, one file a role."""
