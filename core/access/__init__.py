"""Who may do what: roles, who has which, how somebody is known again, and who did what."""
