from cdk8s import App, Chart, Size
from cdk8s_stateful import (
    DatabaseEngine,
    KafkaCluster,
    PostgresVersion,
    SharedScratchPod,
    StatefulDatabase,
    StorageProps,
)

app = App()
chart = Chart(app, "shop", namespace="shop")

StatefulDatabase(
    chart,
    "Orders",
    engine=DatabaseEngine.postgres(version=PostgresVersion.V17),
    storage=StorageProps(size=Size.gibibytes(20)),
    read_replicas=1,
)

events = KafkaCluster(chart, "Events", storage=StorageProps(size=Size.gibibytes(100)))
events.add_topic("orders", partitions=6)

catalog = SharedScratchPod(chart, "Catalog", size_limit=Size.mebibytes(64))
catalog.add_writer(name="updater", image="shop/updater:1", mount_path="/out")
catalog.add_reader(name="server", image="shop/server:1", mount_path="/srv")

app.synth()
