/** What happens when the data has reached `maxmemory`. The values are Redis' own. */
export enum RedisEviction {
  /** Writes are refused: nothing is lost. */
  NONE = 'noeviction',
  /** The keys that were not used for the longest time go. */
  ALL_KEYS_LRU = 'allkeys-lru',
  /** The keys that are used least often go. */
  ALL_KEYS_LFU = 'allkeys-lfu',
  /** Any keys go. */
  ALL_KEYS_RANDOM = 'allkeys-random',
  /** Of the keys with an expiry, those that were not used for the longest time go. */
  VOLATILE_LRU = 'volatile-lru',
  /** Of the keys with an expiry, those that are used least often go. */
  VOLATILE_LFU = 'volatile-lfu',
  /** Any of the keys with an expiry go. */
  VOLATILE_RANDOM = 'volatile-random',
  /** Of the keys with an expiry, those that expire soonest go. */
  VOLATILE_TTL = 'volatile-ttl',
}
