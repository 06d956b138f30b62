"""What shell profiles say about variables, read as text: nothing is ever run to find out."""
