// Every error of the Networking API: class name, status and words, as clients know them.
import { errorsOf } from '../../lib/errors.ts';

export const neutronErrors = {
  // 400
  BadRequest: [400, 'Bad {resource} request: {msg}.'],
  InvalidInput: [400, 'Invalid input for operation: {error_message}.'],
  InvalidIpForNetwork: [
    400,
    'IP address {ip_address} is not a valid IP for any of the subnets on the specified network.',
  ],
  InvalidIpForSubnet: [400, 'IP address {ip_address} is not a valid IP for the specified subnet.'],
  InvalidAllocationPool: [400, 'The allocation pool {pool} is not valid.'],
  OutOfBoundsAllocationPool: [400, 'The allocation pool {pool} spans beyond the subnet cidr {subnet_cidr}.'],
  OverlappingAllocationPools: [
    409,
    'Found overlapping allocation pools: {pool_1} {pool_2} for subnet {subnet_cidr}.',
  ],
  GatewayConflictWithAllocationPools: [409, 'Gateway ip {ip_address} conflicts with allocation pool {pool}.'],
  GatewayIpInUse: [
    409,
    'Current gateway ip {ip_address} already in use by port {port_id}. Unable to update.',
  ],
  InvalidSharedSetting: [
    409,
    'Unable to reconfigure sharing settings for network {network}. Multiple tenants are using it.',
  ],
  ExternalNetworkInUse: [
    409,
    'External network {net_id} cannot be updated to be made non-external, since it has existing gateway ports.',
  ],
  DNSNameServersExhausted: [
    400,
    'Unable to complete operation for {subnet_id}. The number of DNS nameservers exceeds the limit {quota}.',
  ],
  HostRoutesExhausted: [
    400,
    'Unable to complete operation for {subnet_id}. The number of host routes exceeds the limit {quota}.',
  ],
  InvalidQuotaValue: [409, 'Change would make usage less than 0 for the following resources: {unders}.'],
  RoutesExhausted: [
    400,
    'Unable to complete operation for {router_id}. The number of routes exceeds the maximum {quota}.',
  ],
  InvalidRoutes: [400, 'Invalid format for routes: {routes}, {reason}'],
  SubnetMismatchForPort: [409, 'Subnet on port {port_id} does not match the requested subnet {subnet_id}'],
  RouterInterfaceNotFoundForSubnet: [404, 'Router {router_id} has no interface on subnet {subnet_id}.'],
  SecurityGroupInvalidPortRange: [400, 'For TCP/UDP protocols, port_range_min must be <= port_range_max.'],
  SecurityGroupInvalidPortValue: [400, 'Invalid value for port {port}.'],
  SecurityGroupInvalidIcmpValue: [
    400,
    'Invalid value for ICMP {field} ({attr}) {value}. It must be 0 to 255.',
  ],
  SecurityGroupMissingIcmpType: [
    400,
    'ICMP code (port-range-max) {value} is provided but ICMP type (port-range-min) is missing.',
  ],
  SecurityGroupInvalidProtocolForPort: [
    400,
    'Ports cannot be specified for protocol {protocol}. Ports are only supported for {valid_port_protocols}.',
  ],
  SecurityGroupProtocolRequiredWithPorts: [400, 'Must also specify protocol if port range is given.'],
  SecurityGroupMultipleRemoteEntites: [
    400,
    'Only one of remote_ip_prefix, remote_group_id or remote_address_group_id may be provided.',
  ],
  SecurityGroupRuleInvalidEtherType: [
    400,
    'Security group rule for ethertype {ethertype} not supported. Allowed values are {values}.',
  ],
  SecurityGroupRuleInvalidProtocol: [
    400,
    'Security group rule protocol {protocol} not supported. Only protocol values {values} and integer representations [0 to 255] are supported.',
  ],
  SecurityGroupRuleParameterConflict: [400, 'Conflicting value ethertype {ethertype} for CIDR {cidr}.'],
  SecurityGroupEthertypeConflictWithProtocol: [400, 'Invalid ethertype {ethertype} for protocol {protocol}.'],
  SecurityGroupRuleNotSingleGroup: [400, 'Only allowed to update rules for one security profile at a time.'],
  SecurityGroupNotSingleGroupRules: [400, 'Only allowed to update rules for one security profile at a time.'],
  AllowedAddressPairsMissingIP: [400, 'AllowedAddressPair must contain ip_address.'],
  AddressPairMatchesPortFixedIPAndMac: [400, "Port's Fixed IP and Mac Address match an address pair entry."],
  DuplicateAddressPairInRequest: [
    400,
    'Request contains duplicate address pair: mac_address {mac_address} ip_address {ip_address}.',
  ],
  AllowedAddressPairExhausted: [400, 'The number of allowed address pair exceeds the maximum {quota}.'],
  ExtraDhcpOptBadData: [400, 'Invalid data format for extra-dhcp-opt: {data}'],
  ServiceProfileEmpty: [400, 'Service Profile needs either a driver or metainfo.'],
  IllegalSubnetPoolAssociationToAddressScope: [
    400,
    'Illegal subnetpool association: subnetpool {subnetpool_id} cannot be associated with address scope {address_scope_id}.',
  ],
  IllegalSubnetPoolIpVersionAssociation: [
    400,
    'Illegal subnetpool association: subnetpool {subnetpool_id} cannot associate with address scope {address_scope_id} because subnetpool ip_version is not {ip_version}.',
  ],
  NetworkSubnetPoolAffinityError: [
    400,
    'Subnets hosted on the same network must be allocated from the same subnet pool.',
  ],
  AddressScopeUpdateError: [400, 'Unable to update address scope {address_scope_id} : {reason}.'],
  InvalidServiceType: [400, 'Invalid service type: {service_type}.'],
  // 403, 404
  PolicyNotAuthorized: [403, '{action} is disallowed by policy'],
  NetworkNotFound: [404, 'Network {net_id} could not be found.'],
  SubnetNotFound: [404, 'Subnet {subnet_id} could not be found.'],
  SubnetPoolNotFound: [404, 'Subnet pool {subnetpool_id} could not be found.'],
  PortNotFound: [404, 'Port {port_id} could not be found.'],
  PortNotFoundOnNetwork: [404, 'Port {port_id} could not be found on network {net_id}.'],
  RouterNotFound: [404, 'Router {router_id} could not be found'],
  RouterInterfaceNotFound: [404, 'Router {router_id} does not have an interface with id {port_id}'],
  FloatingIPNotFound: [404, 'Floating IP {floatingip_id} could not be found'],
  ExternalGatewayForFloatingIPNotFound: [
    404,
    'External network {external_network_id} is not reachable from subnet {subnet_id}.  Therefore, cannot associate Port {port_id} with a Floating IP.',
  ],
  SecurityGroupNotFound: [404, 'Security group {id} does not exist'],
  SecurityGroupRuleNotFound: [404, 'Security group rule {id} does not exist'],
  MeteringLabelNotFound: [404, "Metering label '{label_id}' does not exist."],
  MeteringLabelRuleNotFound: [404, "Metering label rule '{rule_id}' does not exist."],
  AgentNotFound: [404, 'Agent {id} could not be found'],
  TenantQuotaNotFound: [404, 'Quota for tenant {tenant_id} could not be found.'],
  QosPolicyNotFound: [404, 'QoS policy {policy_id} could not be found.'],
  QosRuleTypeNotFound: [404, 'QoS rule type {rule_type} could not be found.'],
  AddressGroupInUse: [409, 'Address group {address_group_id} is in use on one or more security group rules.'],
  AddressGroupNotFound: [404, 'Address group {address_group_id} could not be found.'],
  AddressScopeNotFound: [404, 'Address scope {address_scope_id} could not be found.'],
  RbacPolicyNotFound: [404, 'RBAC policy of type {object_type} with ID {id} not found'],
  ExtensionNotFound: [404, 'Extension with alias {alias} does not exist'],
  AvailabilityZoneNotFound: [404, 'AvailabilityZone {availability_zone} could not be found.'],
  FlavorNotFound: [404, 'Flavor {flavor_id} could not be found.'],
  ServiceProfileNotFound: [404, 'Service Profile {sp_id} could not be found.'],
  ServiceProfileDriverNotFound: [404, 'Service Profile driver {driver} could not be found.'],
  FlavorServiceProfileBindingNotFound: [
    404,
    'Service Profile {sp_id} is not associated with flavor {fl_id}.',
  ],
  TagResourceNotFound: [404, 'Resource {resource} {resource_id} could not be found.'],
  TagNotFound: [404, 'Tag {tag} could not be found.'],
  // 409
  NetworkInUse: [
    409,
    'Unable to complete operation on network {net_id}. There are one or more ports still in use on the network, id for these ports is: {ports}.',
  ],
  SubnetInUse: [409, 'Unable to complete operation on subnet {subnet_id}: {reason}.'],
  AddressScopeInUse: [
    409,
    'Unable to complete operation on address scope {address_scope_id}. There are one or more subnet pools in use on the address scope.',
  ],
  AddressScopePrefixConflict: [
    409,
    'Failed to associate address scope: subnetpools within an address scope must have unique prefixes.',
  ],
  QosPolicyInUse: [409, 'QoS Policy {policy_id} is used by {object_type} {object_id}.'],
  QoSPolicyDefaultAlreadyExists: [409, 'A default QoS policy exists for project {project_id}.'],
  DuplicateRbacPolicy: [409, 'An RBAC policy already exists with those values.'],
  RbacPolicyInUse: [
    409,
    'RBAC policy on object {object_id} cannot be removed because other objects depend on it.\nDetails: {details}',
  ],
  SubnetPoolInUse: [409, 'Unable to complete operation on subnet pool {subnet_pool_id}. {reason}.'],
  PortInUse: [
    409,
    'Unable to complete operation on port {port_id} for network {net_id}. Port already has an attached device {device_id}.',
  ],
  ServicePortInUse: [409, 'Port {port_id} cannot be deleted directly via the port API: {reason}.'],
  MacAddressInUse: [
    409,
    'Unable to complete operation for network {net_id}. The mac address {mac} is in use.',
  ],
  MacAddressGenerationFailure: [503, 'Unable to generate unique mac on network {net_id}.'],
  IpAddressAlreadyAllocated: [409, 'IP address {ip} already allocated in subnet {subnet_id}'],
  IpAddressGenerationFailure: [409, 'No more IP addresses available on network {net_id}.'],
  RouterInUse: [409, 'Router {router_id} {reason}'],
  RouterExternalGatewayInUseByFloatingIp: [
    409,
    'Gateway cannot be updated for router {router_id}, since a gateway to external network {net_id} is required by one or more floating IPs.',
  ],
  RouterInterfaceInUseByFloatingIP: [
    409,
    'Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by one or more floating IPs.',
  ],
  RouterInterfaceInUseByRoute: [
    409,
    'Router interface for subnet {subnet_id} on router {router_id} cannot be deleted, as it is required by one or more routes.',
  ],
  FloatingIPPortAlreadyAssociated: [
    409,
    'Cannot associate floating IP {floating_ip_address} ({fip_id}) with port {port_id} using fixed IP {fixed_ip}, as that fixed IP already has a floating IP on external network {net_id}.',
  ],
  FloatingIPAlreadyAllocated: [409, 'Floating IP address {floating_ip_address} is already allocated.'],
  SecurityGroupInUse: [409, 'Security Group {id} {reason}.'],
  SecurityGroupRuleExists: [409, 'Security group rule already exists. Rule id is {rule_id}.'],
  SecurityGroupDefaultAlreadyExists: [409, 'Default security group already exists.'],
  SecurityGroupCannotUpdateDefault: [409, 'Updating default security group not allowed.'],
  SecurityGroupCannotRemoveDefault: [409, 'Insufficient rights for removing default security group.'],
  OverQuota: [409, 'Quota exceeded for resources: {overs}.'],
  FlatNetworkInUse: [
    409,
    'Unable to create the flat network. Physical network {physical_network} is in use.',
  ],
  VlanIdInUse: [
    409,
    'Unable to create the network. The VLAN {vlan_id} on physical network {physical_network} is in use.',
  ],
  TunnelIdInUse: [409, 'Unable to create the network. The tunnel ID {tunnel_id} is in use.'],
  NoNetworkAvailable: [503, 'Unable to create the network. No tenant network is available for allocation.'],
  PortSecurityPortHasSecurityGroup: [
    409,
    'Port has security group associated. Cannot disable port security or IP address until security group is removed.',
  ],
  PortSecurityAndIPRequiredForSecurityGroups: [
    400,
    'Port security must be enabled and port must have an IP address in order to use security groups.',
  ],
  AddressPairAndPortSecurityRequired: [
    409,
    'Port Security must be enabled in order to have allowed address pairs on a port.',
  ],
  MeteringLabelRuleOverlaps: [
    409,
    "Metering label rule with remote_ip_prefix '{remote_ip_prefix}' overlaps another.",
  ],
  AutoAllocationFailure: [409, 'Deployment error: {reason}.'],
  DefaultExternalNetworkExists: [409, 'A default external network already exists: {net_id}.'],
  FlavorServiceProfileBindingExists: [
    409,
    'Service Profile {sp_id} is already associated with flavor {fl_id}.',
  ],
  ServiceProfileInUse: [409, 'Service Profile {sp_id} is used by some service instance.'],
  InvalidDHCPAgent: [409, 'Agent {id} is not a valid DHCP Agent or has been disabled.'],
  NetworkHostedByDHCPAgent: [
    409,
    'The network {network_id} has been already hosted by the DHCP Agent {agent_id}.',
  ],
  NetworkNotHostedByDhcpAgent: [409, 'The network {network_id} is not hosted by the DHCP agent {agent_id}.'],
  InvalidL3Agent: [409, 'Agent {id} is not a L3 Agent or has been disabled'],
  RouterHostedByL3Agent: [409, 'The router {router_id} has been already hosted by the L3 Agent {agent_id}.'],
  RouterNotHostedByL3Agent: [409, 'The router {router_id} is not hosted by L3 agent {agent_id}.'],
  HANotEnoughAvailableAgents: [
    409,
    'Not enough l3 agents available to ensure HA. Minimum required {min_agents}, available {num_agents}.',
  ],
  NoVRIDAvailable: [
    409,
    'No more Virtual Router Identifier (VRID) available when creating router {router_id}. The limit of number of HA Routers per tenant is 254.',
  ],
  RouterL3AgentMismatch: [
    409,
    'Cannot host {router_type} router {router_id} on {agent_mode} L3 agent {agent_id}.',
  ],
  DVRL3CannotAssignToDvrAgent: [409, "Not allowed to manually assign a router to an agent in 'dvr' mode."],
  DVRL3CannotRemoveFromDvrAgent: [
    409,
    "Not allowed to manually remove a router from an agent in 'dvr' mode.",
  ],
  RouterSchedulingFailed: [409, 'Failed scheduling router {router_id} to the L3 Agent {agent_id}.'],
  // 500, 501, 503
  ServiceProfileDisabled: [503, 'Service Profile is not enabled.'],
  DistributedHARouterNotSupported: [501, 'Currently distributed HA routers are not supported.'],
  RetryRequest: [
    503,
    'The request could not be completed because other requests kept taking the same addresses. Try again.',
  ],
  HTTPInternalServerError: [500, 'Request Failed: internal server error while processing your request.'],
} as const;

/** The type names of all errors. */
export type NeutronErrorType = keyof typeof neutronErrors;

/** Makes an error of the registry: `throw neutronError('NetworkNotFound', { net_id })`. */
export const neutronError = errorsOf(neutronErrors);

/** `InvalidInput` with its reason (no full stop: the template ends the sentence). */
export const invalidInput = (reason: string) => neutronError('InvalidInput', { error_message: reason });
