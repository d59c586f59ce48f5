//! What the XML of the query protocol does not say: which members are lists, numbers, truth values.

mod rds;

pub(super) use rds::RDS;

/// Member names of a service's API, by type.
#[derive(Debug)]
pub(super) struct Hints {
    /// Output members that are lists (an empty one looks like an empty text).
    pub lists: &'static [&'static str],
    /// Output members that are numbers.
    pub numbers: &'static [&'static str],
    /// Output members that are `true` or `false`.
    pub booleans: &'static [&'static str],
    /// Output members that are structures (so is an empty one).
    pub structures: &'static [&'static str],
    /// Structures and members of them that are text although their name is a number's elsewhere.
    pub text: &'static [(&'static str, &'static str)],
    /// Input lists whose items are not called `member`: the list's name and its item's.
    pub items: &'static [(&'static str, &'static str)],
    /// Input members that are maps: their name, and how key and value are called.
    pub maps: &'static [(&'static str, &'static str, &'static str)],
}

pub(super) static STS: Hints = Hints {
    lists: &[],
    numbers: &[
        "PackedPolicySize",
        "SessionTokenSize",
        "SessionTokenUtilization",
    ],
    booleans: &[],
    structures: &["AssumedRoleUser", "Credentials", "FederatedUser"],
    text: &[],
    items: &[],
    maps: &[],
};

pub(super) static SNS: Hints = Hints {
    lists: &[
        "Endpoints",
        "Failed",
        "NumberCapabilities",
        "PhoneNumbers",
        "PlatformApplications",
        "Subscriptions",
        "Successful",
        "Tags",
        "Topics",
        "phoneNumbers",
    ],
    numbers: &[],
    booleans: &["IsInSandbox", "SenderFault", "isOptedOut"],
    structures: &[],
    text: &[],
    items: &[],
    maps: &[
        ("Attributes", "key", "value"),
        ("MessageAttributes", "Name", "Value"),
        ("attributes", "key", "value"),
    ],
};

pub(super) static ELBV2: Hints = Hints {
    lists: &[
        "Actions",
        "AdditionalClaims",
        "AlpnPolicy",
        "Attributes",
        "AvailabilityZones",
        "CapacityReservationState",
        "Certificates",
        "Ciphers",
        "Conditions",
        "DefaultActions",
        "Limits",
        "Listeners",
        "LoadBalancerAddresses",
        "LoadBalancerArns",
        "LoadBalancers",
        "RegexValues",
        "Rewrites",
        "Rules",
        "SecurityGroupIds",
        "SecurityGroups",
        "SourceNatIpv6Prefixes",
        "SslPolicies",
        "SslProtocols",
        "SupportedLoadBalancerTypes",
        "TagDescriptions",
        "Tags",
        "TargetGroups",
        "TargetHealthDescriptions",
        "Transforms",
        "TrustStoreAssociations",
        "TrustStoreRevocations",
        "TrustStores",
        "Values",
    ],
    numbers: &[
        "CapacityUnits",
        "DecreaseRequestsRemaining",
        "DurationSeconds",
        "EffectiveCapacityUnits",
        "HealthCheckIntervalSeconds",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "NumberOfCaCertificates",
        "NumberOfRevokedEntries",
        "Order",
        "Port",
        "RevocationId",
        "SessionTimeout",
        "TargetControlPort",
        "TotalRevokedEntries",
        "UnhealthyThresholdCount",
        "Weight",
    ],
    booleans: &[
        "Enabled",
        "HealthCheckEnabled",
        "IgnoreClientCertificateExpiry",
        "IsDefault",
        "UseExistingClientSecret",
    ],
    structures: &[
        "AdministrativeOverride",
        "AnomalyDetection",
        "AuthenticateCognitoConfig",
        "AuthenticateOidcConfig",
        "FixedResponseConfig",
        "ForwardConfig",
        "HostHeaderConfig",
        "HostHeaderRewriteConfig",
        "HttpHeaderConfig",
        "HttpRequestMethodConfig",
        "IpamPools",
        "JwtValidationConfig",
        "Matcher",
        "MinimumLoadBalancerCapacity",
        "MutualAuthentication",
        "PathPatternConfig",
        "QueryStringConfig",
        "RedirectConfig",
        "SourceIpConfig",
        "Target",
        "TargetGroupStickinessConfig",
        "TargetHealth",
        "UrlRewriteConfig",
    ],
    text: &[("RedirectConfig", "Port")],
    items: &[],
    maps: &[("AuthenticationRequestExtraParams", "key", "value")],
};
