"""What a view is made of: each widget draws what it is given and knows no other."""
