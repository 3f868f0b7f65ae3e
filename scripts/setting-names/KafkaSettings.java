import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Prints the names of Kafka's settings for scripts/setting-names.ts: those of the server, and of the plugins that come with it. */
public class KafkaSettings {
    public static void main(String[] args) throws ReflectiveOperationException {
        Set<String> server = new TreeSet<>(((ConfigDef) AbstractKafkaConfig.class.getField("CONFIG_DEF").get(null)).names());
        server.addAll(Set.of(StandardAuthorizer.SUPER_USERS_CONFIG, StandardAuthorizer.ALLOW_EVERYONE_IF_NO_ACL_IS_FOUND_CONFIG,
            JmxReporter.INCLUDE_CONFIG, JmxReporter.EXCLUDE_CONFIG));
        server.forEach(name -> System.out.println("broker " + name));
        new TreeSet<>(LogConfig.configNames()).forEach(name -> System.out.println("topic " + name));
    }
}
