// The application that people sign in at. Only people who were given one of its roles get in.
extension microsoftGraphV1

param name string
param url string
param identityPrincipalId string

var roles = [
  {
    id: '1d0f3c1e-6f0e-4ad6-9b1c-6c1f8f7a0001'
    value: 'Tandem.Reader'
    displayName: 'Tandem reader'
    description: 'Sees everything, changes nothing.'
  }
  {
    id: '1d0f3c1e-6f0e-4ad6-9b1c-6c1f8f7a0002'
    value: 'Tandem.Operator'
    displayName: 'Tandem operator'
    description: 'Decides conflicts, tries again, couples, starts runs.'
  }
  {
    id: '1d0f3c1e-6f0e-4ad6-9b1c-6c1f8f7a0003'
    value: 'Tandem.Administrator'
    displayName: 'Tandem administrator'
    description: 'Changes mappings, undoes, uncouples.'
  }
]

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: name
  displayName: 'Tandem sign-in'
  signInAudience: 'AzureADMyOrg'
  web: {
    homePageUrl: url
    redirectUris: ['${url}/.auth/login/aad/callback']
    implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: false }
  }
  appRoles: [for role in roles: {
    id: role.id
    value: role.value
    displayName: role.displayName
    description: role.description
    allowedMemberTypes: ['User']
    isEnabled: true
  }]
}

resource trusted 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = {
  name: '${application.uniqueName}/managed-identity'
  description: 'App Service authentication signs people in without a secret.'
  audiences: ['api://AzureADTokenExchange']
  issuer: '${az.environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
  subject: identityPrincipalId
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
  appRoleAssignmentRequired: true
}

output clientId string = application.appId
output principalId string = principal.id
