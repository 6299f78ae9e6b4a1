internal import Bytes
internal import OrderedJSON

extension SpecReader {
  /// A list of `{"rule": "CPC001", "reason": "..."}`.
  mutating func suppressions(_ node: JSONNode) -> [LintSuppression] {
    var suppressions: [LintSuppression] = []
    for element in array(node, "\"lint\"") ?? [] {
      guard object(element, "a suppression", keys: ["rule", "reason"]) != nil else { continue }
      guard let ruleNode = element["rule"] else {
        fault(at: element.offset, "a suppression needs a \"rule\"")
        continue
      }
      let reason = element["reason"].flatMap { string($0, "\"reason\"") } ?? ""
      if reason.isEmpty {
        fault(at: element.offset, "a suppression needs a \"reason\" that says why")
      }
      if let rule = choice(ruleNode, "\"rule\"", LintRule.self) {
        suppressions.append(LintSuppression(rule: rule, reason: reason))
      }
    }
    return suppressions
  }
}
