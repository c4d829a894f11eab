"""Mails as they leave: their words, their form, the one door to SMTP."""
