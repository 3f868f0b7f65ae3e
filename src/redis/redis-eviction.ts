/** The eviction policy when the data reaches `maxmemory`. The values are those of `maxmemory-policy`. */
export enum RedisEviction {
  /** Rejects writes and evicts nothing. */
  NONE = 'noeviction',
  /** Evicts the least recently used keys. */
  ALL_KEYS_LRU = 'allkeys-lru',
  /** Evicts the least frequently used keys. */
  ALL_KEYS_LFU = 'allkeys-lfu',
  /** Evicts random keys. */
  ALL_KEYS_RANDOM = 'allkeys-random',
  /** Evicts the least recently used keys that have an expiry. */
  VOLATILE_LRU = 'volatile-lru',
  /** Evicts the least frequently used keys that have an expiry. */
  VOLATILE_LFU = 'volatile-lfu',
  /** Evicts random keys that have an expiry. */
  VOLATILE_RANDOM = 'volatile-random',
  /** Evicts the keys that expire next. */
  VOLATILE_TTL = 'volatile-ttl',
}
