"""What a person sees: words and pictures of an overview."""
