"""What Tandem remembers: Azure Table and Queue storage, and the in-memory twin of both."""
