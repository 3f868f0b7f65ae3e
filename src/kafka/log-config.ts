import type { Files } from '../kit/files';

/**
 * The logging configuration: to standard output only, where the kubelet rotates the logs. The image's own configuration also
 * writes a set of files every hour that nothing deletes.
 */
export function logConfig(kafkaMajor: number): Files {
  return kafkaMajor >= 4 ? { 'log4j2.yaml': LOG4J2 } : { 'log4j.properties': LOG4J };
}

const PATTERN = '[%d] %p %m (%c)%n';

const LOG4J2 = `Configuration:
  Appenders:
    Console:
      name: stdout
      PatternLayout:
        pattern: "${PATTERN}"
  Loggers:
    Root:
      level: INFO
      AppenderRef:
        - ref: stdout
    Logger:
      - name: state.change.logger # a line for each partition and change
        level: WARN
`;

const LOG4J = `log4j.rootLogger=INFO, stdout
log4j.appender.stdout=org.apache.log4j.ConsoleAppender
log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
log4j.appender.stdout.layout.ConversionPattern=${PATTERN}
log4j.logger.state.change.logger=WARN
`;
