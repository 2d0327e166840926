// The application that Business Central and Dataverse know Tandem as. No secret: it trusts the managed identity.
extension microsoftGraphV1

param name string
param identityPrincipalId string

var businessCentral = '996def3d-b36c-4153-8607-a6fd3c01b89f' // Dynamics 365 Business Central, the same in every tenant

var dataverse = '00000007-0000-0000-c000-000000000000' // Dataverse, the same in every tenant

// The permission is found by its name, because its id is Microsoft's.
resource service 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: businessCentral
}

resource sales 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: dataverse
}

// An administrator of Sales signs in to it by a code, once, when the setup guide prepares Sales.
resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: name
  displayName: 'Tandem'
  signInAudience: 'AzureADMyOrg'
  isFallbackPublicClient: true
  requiredResourceAccess: [
    {
      resourceAppId: businessCentral
      resourceAccess: [
        { id: first(filter(service.appRoles, role => role.value == 'API.ReadWrite.All')).id, type: 'Role' }
      ]
    }
    {
      resourceAppId: dataverse
      resourceAccess: [
        { id: first(filter(sales.oauth2PermissionScopes, scope => scope.value == 'user_impersonation')).id, type: 'Scope' }
      ]
    }
  ]
}

resource trusted 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = {
  name: '${application.uniqueName}/managed-identity'
  description: 'The managed identity of the function app proves that it is this application.'
  audiences: ['api://AzureADTokenExchange']
  issuer: '${az.environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
  subject: identityPrincipalId
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
}

output clientId string = application.appId
output principalId string = principal.id
