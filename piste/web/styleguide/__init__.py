"""Every part in every state, made by the code that makes it elsewhere: for whoever builds pages, and for their tests."""
