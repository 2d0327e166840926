// What a person is told without looking: each rule is a query of queries/ over Application Insights.
param location string
param tags object
param name string
param componentId string
param emails array
param silenceMinutes int

var rules = [
  {
    name: 'failed'
    title: 'Records fail'
    says: 'Ten records or more failed within an hour. Open the problems, grouped by cause.'
    severity: 2
    query: loadTextContent('../queries/failed.kql')
    window: 'PT1H'
    every: 'PT15M'
  }
  {
    name: 'backlog'
    title: 'Work piles up'
    says: 'A work queue has grown for half an hour. Look whether a system throttles or a mapping stands still.'
    severity: 2
    query: loadTextContent('../queries/backlog_growing.kql')
    window: 'PT30M'
    every: 'PT15M'
  }
  {
    name: 'poison'
    title: 'A message failed again and again'
    says: 'A message was given up. It is kept in the table Poison; nothing of a record is lost, the next look or compare finds it.'
    severity: 1
    query: loadTextContent('../queries/poison.kql')
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'standing'
    title: 'A mapping stands still'
    says: 'A mapping is switched off: its brake asks a person, or a right or a setting is missing. The health page says which and what to do.'
    severity: 2
    query: loadTextContent('../queries/standing.kql')
    window: 'PT30M'
    every: 'PT15M'
  }
  {
    name: 'throttling'
    title: 'A system throttles'
    says: 'More than every tenth request was refused for half an hour. Another program may use the same application user.'
    severity: 3
    query: loadTextContent('../queries/throttling.kql')
    window: 'PT30M'
    every: 'PT15M'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'Tandem'
    emailReceivers: [for (email, index) in emails: {
      name: 'person-${index}'
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: '${name}-${rule.name}'
  location: location
  tags: tags
  properties: {
    displayName: 'Tandem: ${rule.title}'
    description: rule.says
    severity: rule.severity
    enabled: true
    scopes: [componentId]
    evaluationFrequency: rule.every
    windowSize: rule.window
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]

// Remembered for a day, so that one connection that falls silent is seen beside others that go on.
resource silence 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-silence'
  location: location
  tags: tags
  properties: {
    displayName: 'Tandem: Nothing is synchronised'
    description: 'A system of a connection has answered no look for ${silenceMinutes} minutes. Ask the doctor: it may not answer, refuse the sign-in, or not be the one it was.'
    severity: 1
    enabled: true
    scopes: [componentId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT${silenceMinutes}M'
    overrideQueryTimeRange: 'P1D'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: replace(loadTextContent('../queries/looks_missing.kql'), '30m', '${silenceMinutes}m')
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}

resource stopped 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-stopped'
  location: location
  tags: tags
  properties: {
    displayName: 'Tandem: The app does not run'
    description: 'No minute timer has run for ${silenceMinutes} minutes. See whether the app is stopped, cannot start or cannot reach its storage.'
    severity: 1
    enabled: true
    scopes: [componentId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT${silenceMinutes}M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/ticks.kql')
          metricMeasureColumn: 'ticks'
          timeAggregation: 'Total'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}
