// The policy where policy.json says nothing: from the declared resources, and the rules of networks and their owners.
import { policyNameOf, type Audience, type Resource } from '../../lib/resource.ts';

const audiences: Record<Audience, string> = {
  admin: 'rule:admin_only',
  network_owner: 'rule:admin_or_network_owner',
  data_plane_integrator: 'rule:admin_or_data_plane_int',
};

const named: Record<string, string> = {
  context_is_admin: 'role:admin',
  admin_only: 'rule:context_is_admin',
  owner: 'tenant_id:%(tenant_id)s',
  admin_or_owner: 'rule:context_is_admin or rule:owner',
  admin_or_network_owner: 'rule:context_is_admin or tenant_id:%(network:tenant_id)s',
  admin_or_data_plane_int: 'rule:context_is_admin or role:data_plane_integrator',
  regular_user: '',
  shared: 'field:networks:shared=True',
  external: 'field:networks:router:external=True',
  default: 'rule:admin_or_owner',
  network_device: 'field:port:device_owner=~^network:',
  'create_router:external_gateway_info:enable_snat': 'rule:admin_only',
  'create_router:external_gateway_info:external_fixed_ips': 'rule:admin_only',
  'update_router:external_gateway_info:enable_snat': 'rule:admin_only',
  'update_router:external_gateway_info:external_fixed_ips': 'rule:admin_only',
  'create_port:device_owner': 'not rule:network_device or rule:admin_or_network_owner',
  'update_port:device_owner': 'not rule:network_device or rule:admin_or_network_owner',
  get_network: 'rule:admin_or_owner or rule:shared or rule:external',
  create_subnet: 'rule:admin_or_network_owner',
  update_subnet: 'rule:admin_or_network_owner',
  delete_subnet: 'rule:admin_or_network_owner',
  get_subnet: 'rule:admin_or_owner or rule:admin_or_network_owner or field:subnets:network:shared=True',
  get_port: 'rule:admin_or_owner or rule:admin_or_network_owner',
  update_port: 'rule:admin_or_owner',
  delete_port: 'rule:admin_or_owner or rule:admin_or_network_owner',
  create_port: '',
  get_subnetpool: 'rule:admin_or_owner or field:subnetpools:shared=True',
  get_address_scope: 'rule:admin_or_owner or field:address_scopes:shared=True',
  get_address_group: 'rule:admin_or_owner or field:address_groups:shared=True',
  get_security_group: 'rule:admin_or_owner or field:security_groups:shared=True',
  get_policy: 'rule:admin_or_owner or field:policies:shared=True',
  create_policy: 'rule:admin_only',
  update_policy: 'rule:admin_only',
  delete_policy: 'rule:admin_only',
  get_policy_bandwidth_limit_rule: 'rule:regular_user',
  create_policy_bandwidth_limit_rule: 'rule:admin_only',
  update_policy_bandwidth_limit_rule: 'rule:admin_only',
  delete_policy_bandwidth_limit_rule: 'rule:admin_only',
  get_policy_dscp_marking_rule: 'rule:regular_user',
  create_policy_dscp_marking_rule: 'rule:admin_only',
  update_policy_dscp_marking_rule: 'rule:admin_only',
  delete_policy_dscp_marking_rule: 'rule:admin_only',
  get_rule_type: 'rule:regular_user',
  restrict_wildcard: '(not field:rbac_policies:target_tenant=*) or rule:admin_only',
  'create_rbac_policy:target_tenant': 'rule:restrict_wildcard',
  'update_rbac_policy:target_tenant': 'rule:restrict_wildcard',
  get_agent: 'rule:admin_only',
  update_agent: 'rule:admin_only',
  delete_agent: 'rule:admin_only',
  get_auto_allocated_topology: 'rule:admin_or_owner',
  delete_auto_allocated_topology: 'rule:admin_or_owner',
  get_availability_zone: '',
  get_network_ip_availability: 'rule:admin_only',
  get_floatingip_pool: '',
  get_flavor: '',
  create_flavor: 'rule:admin_only',
  update_flavor: 'rule:admin_only',
  delete_flavor: 'rule:admin_only',
  get_service_profile: 'rule:admin_only',
  create_service_profile: 'rule:admin_only',
  update_service_profile: 'rule:admin_only',
  delete_service_profile: 'rule:admin_only',
  get_flavor_service_profile: '',
  create_flavor_service_profile: 'rule:admin_only',
  delete_flavor_service_profile: 'rule:admin_only',
  get_metering_label: 'rule:admin_only',
  create_metering_label: 'rule:admin_only',
  delete_metering_label: 'rule:admin_only',
  get_metering_label_rule: 'rule:admin_only',
  create_metering_label_rule: 'rule:admin_only',
  delete_metering_label_rule: 'rule:admin_only',
  add_router_interface: 'rule:admin_or_owner',
  remove_router_interface: 'rule:admin_or_owner',
  add_extraroutes: 'rule:admin_or_owner',
  remove_extraroutes: 'rule:admin_or_owner',
  'get_dhcp-networks': 'rule:admin_only',
  'create_dhcp-network': 'rule:admin_only',
  'delete_dhcp-network': 'rule:admin_only',
  'get_dhcp-agents': 'rule:admin_only',
  'get_l3-routers': 'rule:admin_only',
  'create_l3-router': 'rule:admin_only',
  'delete_l3-router': 'rule:admin_only',
  'get_l3-agents': 'rule:admin_only',
  get_quotas: 'rule:admin_only',
  get_quota: 'rule:admin_or_owner',
  update_quota: 'rule:admin_only',
  delete_quota: 'rule:admin_only',
};

/** Attributes with a prefix belong to extensions, whose rules cover all of them: `extension:provider_network:view`. */
const extensions: Record<string, string> = {
  provider: 'provider_network',
  binding: 'port_binding',
  router: 'router',
};

/** All default rules by name: `create_network`, `create_network:shared`, `get_network:provider:network_type`. */
export function defaultPolicy(resources: readonly Resource[]): Record<string, string> {
  const rules = { ...named };
  for (const resource of resources) {
    const own = policyNameOf(resource);
    for (const verb of ['get', 'create', 'update', 'delete']) {
      if (verb !== 'get' && !resource.operations.includes(verb as 'create')) continue;
      rules[`${verb}_${own}`] ??= 'rule:admin_or_owner';
    }
    for (const [name, field] of Object.entries(resource.fields)) {
      const extension = extensions[/^(\w+):/.exec(name)?.[1] ?? ''];
      const ruleFor = (what: 'set' | 'view') => {
        const audience = field[what] && audiences[field[what]];
        if (audience === undefined || extension === undefined) return audience;
        rules[`extension:${extension}:${what}`] = audience;
        return `rule:extension:${extension}:${what}`;
      };
      const [set, view] = [ruleFor('set'), ruleFor('view')];
      if (set !== undefined && field.create) rules[`create_${own}:${name}`] = set;
      if (set !== undefined && field.update) rules[`update_${own}:${name}`] = set;
      if (view !== undefined) rules[`get_${own}:${name}`] = view;
    }
  }
  return rules;
}
