"""The five published APIs, under the names their documents use."""
