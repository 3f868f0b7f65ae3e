/** The tools of Kafka and ZooKeeper live for seconds: they start in half the processor time without the compiler for long-running servers. */
export const CLIENT_JVM = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';
