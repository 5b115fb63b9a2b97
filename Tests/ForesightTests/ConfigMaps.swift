import ClusterJournal
import KubernetesAPI

enum ConfigMaps {
    static func journal(_ client: KubernetesClient, _ namespace: String) -> ConfigMapJournal {
        ConfigMapJournal(client: client, namespace: namespace)
    }
}
