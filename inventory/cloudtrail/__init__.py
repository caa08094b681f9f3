"""CloudTrail log objects: read, classified, counted. An island: no Django, no AWS client."""
