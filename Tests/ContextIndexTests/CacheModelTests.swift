import Bytes
import ContextIndex
import Testing

@Suite struct CacheModelTests {
  @Test(arguments: [
    ("radix", CacheModel.radix), ("paged:16", .paged(pageSize: 16)),
    ("llama-slots:4", .llamaSlots(count: 4)), ("breakpoints:4", .breakpoints(count: 4)),
    (
      "breakpoints:4,lookback=20,ttl=300",
      .breakpoints(count: 4, lookback: 20, timeToLive: 300)
    ),
    ("breakpoints:4,ttl=300", .breakpoints(count: 4, timeToLive: 300)),
  ])
  func readsWhatItWrites(text: String, model: CacheModel) {
    #expect(CacheModel(ByteString(text)) == model)
    #expect(model.description == text)
  }

  @Test(arguments: [
    "", "radix:1", "paged", "paged:", "paged:0", "paged:-1", "paged:016", "paged:16,ttl=1",
    "paged:99999999999999999999", "breakpoints:4,ttl", "breakpoints:4,ttl=1,ttl=2",
    "breakpoints:4,", "slots:4", "Paged:16",
  ])
  func refusesOtherForms(text: String) {
    #expect(CacheModel(ByteString(text)) == nil)
  }
}
