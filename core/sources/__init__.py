"""Where pictures come from: folders, archives and addresses, each found, read and never written."""
