"""AWS's error codes, sorted into what they mean for a read.

AWS spells one meaning in many ways, by protocol and by age of the service.
"""

DENIED_CODES = frozenset(
    [
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedForDependencyException",
        "AccountNotManagementOrDelegatedAdministratorException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "ForbiddenException",
        "NotAuthorized",
        "NotAuthorizedException",
        "OperationNotPermittedException",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    ]
)
THROTTLED_CODES = frozenset(
    [
        "429",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ]
)
CREDENTIAL_CODES = frozenset(
    [
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "InvalidTokenException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClient",
        "UnrecognizedClientException",
    ]
)
CLOCK_CODES = frozenset(["RequestTimeTooSkewed", "RequestInTheFuture"])
UNSUPPORTED_CODES = frozenset(
    [
        "501",
        "AWSOrganizationsNotInUseException",
        "InvalidAction",
        "NoSuchOperation",
        "NotImplemented",
        "OptInRequired",
        "OrganizationNotFoundException",
        "OrganizationNotInAllFeaturesModeException",
        "PolicyTypeNotAvailableForOrganizationException",
        "RegionDisabledException",
        "ServiceAccessNotEnabledException",
        "SubscriptionRequiredException",
        "UnknownOperation",
        "UnknownOperationException",
        "UnsupportedAPIEndpointException",
        "UnsupportedOperation",
        "UnsupportedOperationException",
    ]
)

PASSING_CODES = frozenset(
    [
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceException",
        "ServiceFailure",
        "ServiceUnavailable",
    ]
)
