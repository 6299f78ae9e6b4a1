internal import Bytes
internal import OrderedJSON

extension SpecReader {
  /// A list of `{"rule": "CPC001", "field": "system", "reason": "..."}`.
  mutating func suppressions(_ node: JSONNode) -> [LintSuppression] {
    (array(node, "\"lint\"") ?? []).compactMap { suppression($0) }
  }

  private mutating func suppression(_ node: JSONNode) -> LintSuppression? {
    guard object(node, "a suppression", keys: ["rule", "field", "reason"]) != nil else {
      return nil
    }
    guard let ruleNode = node["rule"] else {
      fault(at: node.offset, "a suppression needs a \"rule\"")
      return nil
    }
    let reason = node["reason"].flatMap { string($0, "\"reason\"") } ?? ""
    if !reason.bytes.contains(where: { $0 > 0x20 }) {
      fault(at: node.offset, "a suppression needs a \"reason\" that says why")
    }
    let field = node["field"].flatMap { string($0, "\"field\"") }
    return choice(ruleNode, "\"rule\"", LintRule.self).map {
      LintSuppression(rule: $0, field: field, reason: reason)
    }
  }
}
