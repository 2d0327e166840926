// The function app on Flex Consumption, with every app setting.
param location string
param tags object
param name string
param identityId string
param identityClientId string
param storageName string
param packageUrl string
param connectionString string
param subnetId string
param vaultUri string
param clientId string
@allowed(['identity', 'certificate', 'secret'])
param credential string
param businessCentralEnvironment string
param businessCentralUrl string
param businessCentralUser string
param businessCentralAuthorities string
param webClientUrl string
param businessCentralCompanies string
param salesUrl string
param features string
param mappings string
param templates string
param orderAccounts string
param owningTeams string
param timeZone string
param journalMonths int
param webhooks bool
param signIn bool
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyHttp int

var storageAddress = '${storageName}.{0}.${az.environment().suffixes.storage}'

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'tandem' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled', http20Enabled: true }
    functionAppConfig: {
      runtime: { name: 'python', version: '3.13' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttp == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyHttp }]
        triggers: { http: { perInstanceConcurrency: 8 } }
      }
    }
  }
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noBasic 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    AzureWebJobsStorage__blobServiceUri: 'https://${format(storageAddress, 'blob')}'
    AzureWebJobsStorage__queueServiceUri: 'https://${format(storageAddress, 'queue')}'
    AzureWebJobsStorage__tableServiceUri: 'https://${format(storageAddress, 'table')}'
    APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    PYTHON_ENABLE_OPENTELEMETRY: 'true'
    AzureWebJobsDisableHomepage: 'true'
    TENANT_ID: tenant().tenantId
    CLIENT_ID: clientId
    AUTHORITY: az.environment().authentication.loginEndpoint
    MANAGED_IDENTITY_CLIENT_ID: credential == 'identity' ? identityClientId : ''
    CLIENT_SECRET: credential == 'secret' ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/client-secret)' : ''
    CLIENT_CERTIFICATE: credential == 'certificate' ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/client-certificate)' : ''
    BUSINESS_CENTRAL_ENVIRONMENT: businessCentralEnvironment
    BUSINESS_CENTRAL_URL: businessCentralUrl
    BUSINESS_CENTRAL_USER: businessCentralUser
    BUSINESS_CENTRAL_KEY: empty(businessCentralUser) ? '' : '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/business-central-key)'
    BUSINESS_CENTRAL_AUTHORITIES: businessCentralAuthorities
    WEB_CLIENT_URL: webClientUrl
    BUSINESS_CENTRAL_COMPANIES: businessCentralCompanies
    SALES_URL: salesUrl
    FEATURES: features
    MAPPINGS: mappings
    TEMPLATES: templates
    ORDER_ACCOUNTS: orderAccounts
    OWNING_TEAMS: owningTeams
    TIME_ZONE: timeZone
    JOURNAL_MONTHS: string(journalMonths)
    WEBHOOK_URL: webhooks ? 'https://${app.properties.defaultHostName}' : ''
    WEBHOOK_SECRET: webhooks ? '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-secret)' : ''
    SIGN_IN: signIn ? 'app_service' : ''
    OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identityClientId
  }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
