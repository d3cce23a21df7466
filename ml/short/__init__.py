"""Short labelled texts on anything: the sets of others that may be used, sentences and templates of our own."""
