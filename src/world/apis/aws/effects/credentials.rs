//! Operations whose purpose is to hand out secrets, credentials, or addresses that sign their reader in.
//!
//! AWS's API references say so in the "Response Elements" of each. What only carries a secret among other things is not
//! here: the secret is taken out of its answer.

/// Service and operations, in alphabetical order.
pub(super) const HAND_OUT: [(&str, &[&str]); 59] = [
    ("account-access-runtime", &["GetRoleCredentials"]),
    (
        "acm",
        &[
            "ExportCertificate",
            "GetAcmeExternalAccountBindingCredentials",
        ],
    ),
    ("amplifybackend", &["GetToken"]),
    (
        "amplifyuibuilder",
        &["ExchangeCodeForToken", "RefreshToken"],
    ),
    (
        "appstream",
        &[
            "CreateAppBlockBuilderStreamingURL",
            "CreateImageBuilderStreamingURL",
            "CreateStreamingURL",
        ],
    ),
    (
        "athena",
        &["CreatePresignedNotebookUrl", "GetSessionEndpoint"],
    ),
    (
        "bedrock-agentcore",
        &[
            "GetResourceApiKey",
            "GetResourceOauth2Token",
            "GetResourcePaymentToken",
            "GetWorkloadAccessToken",
            "GetWorkloadAccessTokenForJWT",
            "GetWorkloadAccessTokenForUserId",
        ],
    ),
    (
        "cloudwatchomni",
        &["GetSpaceCredentialsForOrganization", "GetSpaceDataAccess"],
    ),
    ("codeartifact", &["GetAuthorizationToken"]),
    ("codecatalyst", &["CreateAccessToken"]),
    (
        "cognito-identity",
        &[
            "GetCredentialsForIdentity",
            "GetOpenIdToken",
            "GetOpenIdTokenForDeveloperIdentity",
        ],
    ),
    (
        "cognito-idp",
        &[
            "AdminInitiateAuth",
            "GetClientToken",
            "GetDerivedToken",
            "GetTokensFromRefreshToken",
            "InitiateAuth",
        ],
    ),
    ("connect", &["CreateAuthCode", "GetFederationToken"]),
    (
        "connectparticipant",
        &["CreateParticipantConnection", "GetAuthenticationUrl"],
    ),
    (
        "datazone",
        &["GetEnvironmentCredentials", "GetIamPortalLoginUrl"],
    ),
    (
        "deadline",
        &[
            "AssumeFleetRoleForRead",
            "AssumeFleetRoleForWorker",
            "AssumeQueueRoleForRead",
            "AssumeQueueRoleForUser",
            "AssumeQueueRoleForWorker",
        ],
    ),
    ("ec2", &["GetPasswordData"]),
    ("ecr", &["GetAuthorizationToken"]),
    ("ecr-public", &["GetAuthorizationToken"]),
    ("eks-auth", &["AssumeRoleForPodIdentity"]),
    (
        "emr",
        &[
            "GetClusterSessionCredentials",
            "GetOnClusterAppUIPresignedURL",
            "GetPersistentAppUIPresignedURL",
            "GetSessionEndpoint",
        ],
    ),
    ("emr-containers", &["GetManagedEndpointSessionCredentials"]),
    (
        "emr-serverless",
        &["GetDashboardForJobRun", "GetSessionEndpoint"],
    ),
    ("evs", &["GetDepotUrl"]),
    (
        "gamelift",
        &[
            "GetComputeAccess",
            "GetComputeAuthToken",
            "GetInstanceAccess",
            "RequestUploadCredentials",
        ],
    ),
    ("gameliftstreams", &["CreateStreamSessionAdminShell"]),
    ("glue", &["GetDashboardUrl", "GetSessionEndpoint"]),
    (
        "iam",
        &[
            "CreateAccessKey",
            "CreateServiceSpecificCredential",
            "ResetServiceSpecificCredential",
        ],
    ),
    ("iotsecuretunneling", &["RotateTunnelAccessToken"]),
    ("ivs-realtime", &["CreateParticipantToken"]),
    ("ivschat", &["CreateChatToken"]),
    (
        "kinesis-video-archived-media",
        &["GetDASHStreamingSessionURL", "GetHLSStreamingSessionURL"],
    ),
    ("kinesis-video-signaling", &["GetIceServerConfig"]),
    ("kinesisanalyticsv2", &["CreateApplicationPresignedUrl"]),
    (
        "kms",
        &[
            "Decapsulate",
            "Decrypt",
            "DeriveSharedSecret",
            "Encapsulate",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateRandom",
        ],
    ),
    (
        "lakeformation",
        &[
            "AssumeDecoratedRoleWithSAML",
            "GetTemporaryDataLocationCredentials",
            "GetTemporaryGlueFunctionCredentials",
            "GetTemporaryGluePartitionCredentials",
            "GetTemporaryGlueTableCredentials",
        ],
    ),
    (
        "lambda-microvms",
        &["CreateMicrovmAuthToken", "CreateMicrovmShellAuthToken"],
    ),
    ("license-manager", &["CreateToken", "GetAccessToken"]),
    (
        "lightsail",
        &[
            "CreateBucketAccessKey",
            "CreateContainerServiceRegistryLogin",
            "DownloadDefaultKeyPair",
            "GetInstanceAccessDetails",
            "GetRelationalDatabaseMasterUserPassword",
        ],
    ),
    ("m2", &["GetSignedBluinsightsUrl"]),
    ("marketplace-reporting", &["GetBuyerDashboard"]),
    ("mwaa", &["CreateCliToken", "CreateWebLoginToken"]),
    ("payment-cryptography-data", &["DecryptData"]),
    ("pca-connector-scep", &["GetChallengePassword"]),
    ("qapps", &["CreatePresignedUrl"]),
    (
        "quicksight",
        &[
            "GenerateEmbedUrlForAnonymousUser",
            "GenerateEmbedUrlForRegisteredUser",
            "GenerateEmbedUrlForRegisteredUserWithIdentity",
            "GetDashboardEmbedUrl",
            "GetSessionEmbedUrl",
        ],
    ),
    (
        "redshift",
        &[
            "GetClusterCredentials",
            "GetClusterCredentialsWithIAM",
            "GetIdentityCenterAuthToken",
        ],
    ),
    (
        "redshift-serverless",
        &["GetCredentials", "GetIdentityCenterAuthToken"],
    ),
    ("route53domains", &["RetrieveDomainAuthCode"]),
    ("s3", &["CreateSession"]),
    ("s3control", &["GetDataAccess"]),
    (
        "sagemaker",
        &[
            "CreatePartnerAppPresignedUrl",
            "CreatePresignedDomainUrl",
            "CreatePresignedMlflowAppUrl",
            "CreatePresignedMlflowTrackingServerUrl",
            "CreatePresignedNotebookInstanceUrl",
        ],
    ),
    (
        "secretsmanager",
        &["BatchGetSecretValue", "GetRandomPassword", "GetSecretValue"],
    ),
    (
        "signin",
        &[
            "CreateBearerToken",
            "CreateOAuth2Token",
            "CreateOAuth2TokenWithIAM",
            "CreateOAuth2TokenWithTokenExchange",
        ],
    ),
    (
        "ssm",
        &[
            "GetAccessToken",
            "GetParameter",
            "GetParameterHistory",
            "GetParameters",
            "GetParametersByPath",
        ],
    ),
    ("sso", &["GetRoleCredentials"]),
    ("sso-oidc", &["CreateToken", "CreateTokenWithIAM"]),
    (
        "sts",
        &[
            "AssumeRole",
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "AssumeRoot",
            "GetDelegatedAccessToken",
            "GetFederationToken",
            "GetScopedCredentials",
            "GetSessionToken",
            "GetWebIdentityToken",
        ],
    ),
    ("workmail", &["AssumeImpersonationRole"]),
];
