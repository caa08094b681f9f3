"""Facts -> text for people to use: configuration, scripts. Pure: no Django, no settings."""
