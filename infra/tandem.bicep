// Everything that Tandem needs in one resource group.
targetScope = 'resourceGroup'

@description('The Azure region.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags object = {}

@description('Part of every name; letters and digits. It differs by resource group, because some names are unique in the world.')
@minLength(6)
@maxLength(13)
param token string = uniqueString(resourceGroup().id)

@description('The name of the Business Central environment. Blank with servers of your own.')
param businessCentralEnvironment string

@description('With servers of your own: the OData base address of Business Central up to the instance.')
param businessCentralUrl string = ''

@description('With servers of your own: the user with whose web service access key Tandem signs in.')
param businessCentralUser string = ''

@description('With servers of your own whose certificate comes from an authority of your own: its certificates, as PEM. They are public.')
param businessCentralAuthorities string = ''

@description('With servers of your own: where people open Business Central.')
param webClientUrl string = ''

@description('The companies to synchronise, each as name=company id, with commas.')
@minLength(38)
param businessCentralCompanies string

@description('The address of the Dynamics 365 Sales organisation.')
@minLength(9)
param salesUrl string

@description('See FEATURES in docs/settings.md.')
param features string = ''

@description('See MAPPINGS in docs/settings.md.')
param mappings string = ''

@description('See TEMPLATES in docs/settings.md.')
param templates string = ''

@description('See ORDER_ACCOUNTS in docs/settings.md.')
param orderAccounts string = ''

@description('See OWNING_TEAMS in docs/settings.md.')
param owningTeams string = ''

@description('The time zone of the companies.')
param timeZone string = 'UTC'

@description('How many months the journal remembers.')
@minValue(1)
@maxValue(120)
param journalMonths int = 13

@description('The client id of an app registration that is there already. Blank: one is made.')
param clientId string = ''

@description('What proves to Entra that the app is that registration.')
@allowed(['identity', 'certificate', 'secret'])
param credential string = 'identity'

@description('Whether both systems notify the app at once.')
param webhooks bool = true

@description('What a notification must carry. Chosen anew at each deployment unless given; Tandem then tells both systems.')
@secure()
@minLength(16)
param webhookSecret string = '${newGuid()}${newGuid()}'

@description('Whether people sign in with Entra to see Tandem\'s pages.')
param signIn bool = true

@description('The client id of a registration for signing in that is there already. Blank: one is made.')
param signInClientId string = ''

@description('Memory of one instance, in megabytes.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances at once.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances for HTTP that are always ready.')
@minValue(0)
@maxValue(10)
param alwaysReadyHttp int = 0

@description('Whether storage and key vault are reached through private endpoints only.')
param privateNetwork bool = false

@description('The address range of that network.')
param addressPrefix string = '10.82.0.0/24'

@description('E-mail addresses that are told of failures and of silence.')
param alertEmails array = []

@description('After so many minutes without a sign of life the alert comes.')
@allowed([15, 30, 60, 120, 360])
param silenceMinutes int = 30

@description('How many days logs and metrics are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int = 30

@description('How often storage is kept.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

var appName = 'tandem-${token}'
var needsVault = webhooks || credential != 'identity' || !empty(businessCentralUser)

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { location: location, tags: tags, name: 'id-${appName}' }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: { location: location, tags: tags, name: 'vnet-${appName}', addressPrefix: addressPrefix }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    tags: tags
    name: 'tandem${token}'
    sku: storageSku
    principalId: identity.outputs.principalId
    publicAccess: !privateNetwork
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: tags
    name: appName
    retentionDays: retentionDays
    principalId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = if (needsVault) {
  name: 'vault'
  params: {
    location: location
    tags: tags
    name: 'kv-${token}'
    principalId: identity.outputs.principalId
    publicAccess: !privateNetwork
    webhookSecret: webhooks ? webhookSecret : ''
  }
}

module storageAccess 'modules/privateAccess.bicep' = [for service in ['blob', 'queue', 'table']: if (privateNetwork) {
  name: 'private-${service}'
  params: {
    location: location
    tags: tags
    name: '${appName}-${service}'
    targetId: storage.outputs.id
    service: service
    zoneName: 'privatelink.${service}.${az.environment().suffixes.storage}'
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointSubnetId
  }
}]

module vaultAccess 'modules/privateAccess.bicep' = if (privateNetwork && needsVault) {
  name: 'private-vault'
  params: {
    location: location
    tags: tags
    name: '${appName}-vault'
    targetId: vault!.outputs.id
    service: 'vault'
    zoneName: 'privatelink.vaultcore.azure.net'
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointSubnetId
  }
}

module registration 'modules/registration.bicep' = if (empty(clientId)) {
  name: 'registration'
  params: { name: appName, identityPrincipalId: identity.outputs.principalId }
}

var chosenClientId = empty(clientId) ? registration!.outputs.clientId : clientId

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    location: location
    tags: tags
    name: appName
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packageUrl: storage.outputs.packageUrl
    connectionString: monitoring.outputs.connectionString
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    vaultUri: needsVault ? vault!.outputs.uri : ''
    clientId: chosenClientId
    credential: credential
    businessCentralEnvironment: businessCentralEnvironment
    businessCentralUrl: businessCentralUrl
    businessCentralUser: businessCentralUser
    businessCentralAuthorities: businessCentralAuthorities
    webClientUrl: webClientUrl
    businessCentralCompanies: businessCentralCompanies
    salesUrl: salesUrl
    features: features
    mappings: mappings
    templates: templates
    orderAccounts: orderAccounts
    owningTeams: owningTeams
    timeZone: timeZone
    journalMonths: journalMonths
    webhooks: webhooks
    signIn: signIn
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
  }
  dependsOn: [storageAccess, vaultAccess]
}

module signInRegistration 'modules/signInRegistration.bicep' = if (signIn && empty(signInClientId)) {
  name: 'sign-in-registration'
  params: { name: '${appName}-sign-in', url: app.outputs.url, identityPrincipalId: identity.outputs.principalId }
}

module authentication 'modules/authentication.bicep' = if (signIn) {
  name: 'authentication'
  params: {
    appName: app.outputs.name
    clientId: empty(signInClientId) ? signInRegistration!.outputs.clientId : signInClientId
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    tags: tags
    name: appName
    componentId: monitoring.outputs.componentId
    emails: alertEmails
    silenceMinutes: silenceMinutes
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: { location: location, tags: tags, componentId: monitoring.outputs.componentId }
}

output appName string = app.outputs.name
output url string = app.outputs.url
output clientId string = chosenClientId
output vaultName string = needsVault ? vault!.outputs.name : ''
