import Bytes
import Testing

@Suite struct GenerationalCacheTests {
  @Test func keepsWhatIsAskedForAndNeverMoreThanItsLimit() {
    var cache = GenerationalCache<Int, String>(limit: 100)
    for key in 0..<50 {
      let isKept = cache.insert("\(key)", for: key, size: 10)
      let first = cache.value(for: 0)
      #expect(isKept)
      #expect(first == "0")
      #expect(cache.byteCount <= 100)
    }
    let (last, old) = (cache.value(for: 49), cache.value(for: 20))
    #expect(last == "49")
    #expect(old == nil)
  }

  @Test func refusesWhatTakesMoreThanHalf() {
    var cache = GenerationalCache<Int, String>(limit: 100)
    let kept = [
      cache.insert("a", for: 1, size: 51), cache.insert("b", for: 1, size: 50),
      cache.insert("c", for: 1, size: 1),
    ]
    let value = cache.value(for: 1)
    #expect(kept == [false, true, false])
    #expect(value == "b")
    #expect(cache.byteCount == 50)
  }
}
