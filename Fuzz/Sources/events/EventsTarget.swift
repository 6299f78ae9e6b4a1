import EngineEvents
import FuzzSupport

/// Any bytes are read as a batch or refused at a byte that they have; what is read is taken into a mirror, whose
/// counts fit what it was told.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let payload = bytes(start, count)
  let batch: EventBatch
  do {
    batch = try EventBatch(messagePack: payload)
  } catch {
    require((0...count).contains(error.offset), "the fault is at byte \(error.offset) of \(count)")
    return 0
  }
  var cache = EngineCache(blockLimit: 1000)
  cache.apply(batch)
  require(cache.blockCount <= 1000, "more blocks than the limit")
  require(
    (0...cache.blockCount).contains(cache.unplacedCount), "more blocks without a place than blocks")
  for case .stored(let blocks) in batch.events {
    let held = cache.heldPrefix(of: blocks.tokens, adapter: blocks.adapter)
    require(held <= blocks.tokens.count, "more tokens are held than there are")
    require(
      cache.cachedPrefix(of: blocks.tokens, adapter: blocks.adapter) <= held,
      "more are found than held")
    cache.apply(.removed(blocks.hashes, medium: blocks.medium))
  }
  cache.removeAll()
  require(cache.blockCount == 0, "blocks are left")
  return 0
}
