/** The node label that each driver uses for zones, in the node affinity of volumes and in `allowedTopologies`. */
export const ZONE_KEYS = {
  /** @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md#volume-availability-zone-and-topologies */
  awsEbs: 'topology.kubernetes.io/zone',
  /** @see https://github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver/blob/master/pkg/common/constants.go */
  gcePersistentDisk: 'topology.gke.io/zone',
  /** @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/tree/master/deploy/example/topology */
  azureDisk: 'topology.disk.csi.azure.com/zone',
  /** @see https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/cinder-csi-plugin/features.md#topology */
  openstackCinder: 'topology.cinder.csi.openstack.org/zone',
};
