"""Names that AL itself knows, as far as the extension may use them (Microsoft's reference of AL methods)."""

from __future__ import annotations

RECORD_METHODS = frozenset(
    """
    AddLoadFields CalcFields CalcSums ClearMarks Copy CopyFilter CopyFilters Count CountApprox
    Delete DeleteAll FieldCaption FieldNo FilterGroup Find FindFirst FindLast FindSet Get
    GetBySystemId GetFilter GetFilters GetRangeMax GetRangeMin GetView HasFilter Init Insert IsEmpty
    IsTemporary LockTable Mark MarkedOnly Modify ModifyAll Next ReadIsolation RecordId Rename Reset
    SetAutoCalcFields SetCurrentKey SetFilter SetLoadFields SetRange SetRecFilter SetView
    TableCaption TableName TestField TransferFields Validate
    """.split()
)
TYPE_METHODS = {
    "recordref": frozenset(
        """
        Close Count Field FieldCount FieldExist FieldIndex FindFirst FindSet GetTable Init Insert IsEmpty
        Modify Name Next Number Open SetTable SystemIdNo SystemModifiedAtNo
        """.split()
    ),
    "fieldref": frozenset("Class Length Name Number Record SetFilter SetRange Type Value".split()),
    "jsonobject": frozenset("Contains Get ReadFrom".split()),
    "jsontoken": frozenset("AsArray AsObject AsValue".split()),
    "moduleinfo": frozenset("AppVersion DataVersion Id Name PackageId Publisher".split()),
}
FUNCTIONS = frozenset(
    """
    CalcDate Clear CompanyName CopyStr CreateDateTime CreateGuid CurrentClientType CurrentDateTime DelChr
    Error Evaluate Format IsNullGuid LowerCase MaxStrLen Round StrLen StrSubstNo Time Today UpperCase UserId
    WorkDate
    """.split()
)
STATIC_METHODS = {
    "Database": frozenset("LastUsedRowVersion MinimumActiveRowVersion".split()),
    "NavApp": frozenset({"GetCurrentModuleInfo"}),
}
OBJECT_TYPES = {"Database": "table", "Codeunit": "codeunit"}
OPTIONS = {
    "FieldClass": frozenset("FlowField FlowFilter Normal".split()),
    "FieldType": frozenset("Blob Media MediaSet".split()),
    "IsolationLevel": frozenset("Default ReadCommitted ReadUncommitted RepeatableRead UpdLock".split()),
    "ObjectType": frozenset("Codeunit Page Table".split()),
    "PermissionObjectType": frozenset("Codeunit Page TableData".split()),
}
PLAIN_TYPES = frozenset(
    """
    biginteger boolean code date dateformula datetime decimal fieldref guid integer jsonobject jsontoken label
    moduleinfo recordref text time
    """.split()
)
