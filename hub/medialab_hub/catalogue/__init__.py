"""What a model is: names, ids, accessories, one vendor a file."""
