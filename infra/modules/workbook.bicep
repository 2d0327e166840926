// The page for whoever watches: each part is a query of queries/.
param location string
param tags object
param componentId string

var parts = [
  { title: 'Records by mapping and outcome', query: loadTextContent('../queries/records.kql'), shown: 'table' }
  { title: 'From change to write, seconds', query: loadTextContent('../queries/lag.kql'), shown: 'linechart' }
  { title: 'Requests to both systems', query: loadTextContent('../queries/requests.kql'), shown: 'linechart' }
  { title: 'Refused for being too many, percent', query: loadTextContent('../queries/throttled.kql'), shown: 'linechart' }
  { title: 'Waiting in the work queues', query: loadTextContent('../queries/backlog.kql'), shown: 'linechart' }
  { title: 'What went wrong', query: loadTextContent('../queries/warnings.kql'), shown: 'table' }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(componentId, 'tandem')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Tandem'
    category: 'workbook'
    sourceId: componentId
    serializedData: string({
      version: 'Notebook/1.0'
      items: map(parts, part => {
        type: 3
        name: part.title
        content: {
          version: 'KqlItem/1.0'
          title: part.title
          query: part.query
          size: 0
          timeContext: { durationMs: 86400000 }
          queryType: 0
          resourceType: 'microsoft.insights/components'
          crossComponentResources: [componentId]
          visualization: part.shown
        }
      })
    })
  }
}
