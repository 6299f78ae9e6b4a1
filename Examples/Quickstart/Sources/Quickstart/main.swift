import PromptCompilation

// Two requests that share two documents, listed in another order.
let refunds = Block(id: "refunds", text: "A refund takes 14 days. It goes to the card that paid.")
let shipping = Block(
  id: "shipping", text: "Parcels leave the same day if the order comes before noon.")
let warranty = Block(id: "warranty", text: "The warranty is three years and covers the battery.")

var policy = Policy()
policy.order = .canonical

let compiler = PromptCompiler(model: try Model.named("qwen3"))
let first = try compiler.compile(
  Spec(
    system: "Answer from the documents.", blocks: [shipping, refunds, warranty],
    query: "When does my parcel leave?", policy: policy))
let second = try compiler.compile(
  Spec(
    system: "Answer from the documents.", blocks: [refunds, shipping],
    query: "How long does a refund take?", policy: policy))

for section in first.seal.sections {
  let name = [section.kind.rawValue, section.label?.string].compactMap { $0 }.joined(separator: " ")
  print("\(name): tokens \(section.tokens.start) to \(section.tokens.end)")
}
let shared = zip(first.tokens, second.tokens).prefix { $0 == $1 }.count
print("\(first.tokens.count) and \(second.tokens.count) tokens, the first \(shared) are the same")
