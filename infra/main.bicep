// Tandem in a subscription: makes the resource group and puts everything into it.
// With rights on one resource group only, deploy tandem.bicep there instead.
targetScope = 'subscription'

@description('Names this installation: part of the resource group\'s name and of the tag that azd looks for.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('The Azure region. Take one near Business Central and Sales; it must offer Flex Consumption.')
param location string

@description('The resource group; made where it is not there.')
param resourceGroupName string = 'rg-tandem-${environmentName}'

@description('The name of the Business Central environment, such as production. Blank with servers of your own.')
param businessCentralEnvironment string

@description('With Business Central on servers of your own: its OData base address up to the instance. Blank: online.')
param businessCentralUrl string = ''

@description('With servers of your own: the user with whose web service access key Tandem signs in. The key is put into the key vault.')
param businessCentralUser string = ''

@description('With servers of your own whose certificate comes from an authority of your own: its certificates, as PEM. They are public.')
param businessCentralAuthorities string = ''

@description('With servers of your own: where people open Business Central, for links to records.')
param webClientUrl string = ''

@description('The companies to synchronise, each as name=company id, with commas. A name never changes later.')
@minLength(38)
param businessCentralCompanies string

@description('The address of the Dynamics 365 Sales organisation, such as https://contoso.crm4.dynamics.com.')
@minLength(9)
param salesUrl string

@description('What the company has or wants, with commas: see FEATURES in docs/settings.md.')
param features string = ''

@description('The mappings to synchronise, with commas. Blank: everything that the features allow.')
param mappings string = ''

@description('Templates of Business Central for new records: see TEMPLATES in docs/settings.md.')
param templates string = ''

@description('Accounts for lines of orders that are no product: see ORDER_ACCOUNTS in docs/settings.md.')
param orderAccounts string = ''

@description('See OWNING_TEAMS in docs/settings.md.')
param owningTeams string = ''

@description('The time zone of the companies, such as Europe/Copenhagen.')
param timeZone string = 'UTC'

@description('How many months the journal remembers, the present one included.')
@minValue(1)
@maxValue(120)
param journalMonths int = 13

@description('The client id of an app registration that is there already. Blank: one is made, which needs the right to register applications.')
param clientId string = ''

@description('What proves to Entra that the app is that registration: the managed identity (no secret anywhere), or a certificate or a secret that lies in the key vault.')
@allowed(['identity', 'certificate', 'secret'])
param credential string = 'identity'

@description('Whether both systems notify the app at once. Without it Tandem looks once a minute.')
param webhooks bool = true

@description('Whether people sign in with Entra to see Tandem\'s pages.')
param signIn bool = true

@description('The client id of a registration for signing in that is there already. Blank: one is made.')
param signInClientId string = ''

@description('Memory of one instance, in megabytes.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances at once. Both services bound what is useful; more only cost.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances for HTTP that are always ready. 0 costs nothing while nobody asks.')
@minValue(0)
@maxValue(10)
param alwaysReadyHttp int = 0

@description('Whether storage and key vault are reached through private endpoints of a network only.')
param privateNetwork bool = false

@description('The address range of that network; two subnets of it are used.')
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

@description('What storage is kept in: in one data centre, in three zones of the region, or in a second region as well.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module tandem 'tandem.bicep' = {
  name: 'tandem'
  scope: group
  params: {
    location: location
    tags: tags
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
    clientId: clientId
    credential: credential
    webhooks: webhooks
    signIn: signIn
    signInClientId: signInClientId
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    privateNetwork: privateNetwork
    addressPrefix: addressPrefix
    alertEmails: alertEmails
    silenceMinutes: silenceMinutes
    retentionDays: retentionDays
    storageSku: storageSku
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = tandem.outputs.appName
output TANDEM_URL string = tandem.outputs.url
output TANDEM_CLIENT_ID string = tandem.outputs.clientId
output TANDEM_KEY_VAULT string = tandem.outputs.vaultName
