CREATE TABLE `agents` (
  `id` varchar(36) NOT NULL,
  `agent_type` varchar(255) NOT NULL,
  `binary` varchar(255) NOT NULL,
  `topic` varchar(255) NOT NULL,
  `host` varchar(255) NOT NULL,
  `admin_state_up` tinyint(1) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  `started_at` varchar(32) NOT NULL,
  `heartbeat_timestamp` varchar(32) NOT NULL,
  `description` varchar(255) DEFAULT NULL,
  `availability_zone` varchar(255) DEFAULT NULL,
  `configurations` longtext NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_agents_agent_type_host` (`agent_type`,`host`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `agents` VALUES ('54ad8c58-e36d-4488-a0f1-cbc28a813b49','Open vSwitch agent','neutron-openvswitch-agent','N/A','network1',1,'2026-11-26 06:04:28','2026-11-26 06:04:28','2026-11-26 06:04:28',NULL,NULL,'{\"bridge_mappings\":{\"physnet1\":\"br-ex\",\"physnet2\":\"br-eth1\"},\"integration_bridge\":\"br-int\"}');
INSERT INTO `agents` VALUES ('5cf22155-6978-499c-8dc2-786121338977','DHCP agent','neutron-dhcp-agent','dhcp_agent','network1',1,'2026-11-26 06:04:28','2026-11-26 06:04:28','2026-11-26 06:04:28',NULL,NULL,'{\"bridge_mappings\":{\"physnet1\":\"br-ex\",\"physnet2\":\"br-eth1\"},\"integration_bridge\":\"br-int\"}');
INSERT INTO `agents` VALUES ('d62c2837-6b4b-4fae-baab-3c43741bf379','L3 agent','neutron-l3-agent','l3_agent','network1',1,'2026-11-26 06:04:28','2026-11-26 06:04:28','2026-11-26 06:04:28',NULL,NULL,'{\"bridge_mappings\":{\"physnet1\":\"br-ex\",\"physnet2\":\"br-eth1\"},\"integration_bridge\":\"br-int\"}');
INSERT INTO `agents` VALUES ('fe69d1c4-b798-41dd-b42d-d6a397a2bc86','Open vSwitch agent','neutron-openvswitch-agent','N/A','compute1',1,'2026-11-26 06:04:28','2026-11-26 06:04:28','2026-11-26 06:04:28',NULL,NULL,'{\"bridge_mappings\":{\"physnet1\":\"br-ex\",\"physnet2\":\"br-eth1\"},\"integration_bridge\":\"br-int\"}');
CREATE TABLE `change_log` (
  `id` varchar(36) NOT NULL,
  `messages` longtext NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `distributed_port_bindings` (
  `port_id` varchar(36) NOT NULL,
  `host` varchar(255) NOT NULL,
  `router_id` varchar(36) NOT NULL,
  `vif_type` varchar(64) NOT NULL,
  `vif_details` longtext NOT NULL,
  `status` varchar(16) NOT NULL,
  PRIMARY KEY (`port_id`,`host`),
  KEY `ix_distributed_port_bindings_router_id` (`router_id`),
  KEY `ix_distributed_port_bindings_host` (`host`),
  CONSTRAINT `distributed_port_bindings_ibfk_1` FOREIGN KEY (`port_id`) REFERENCES `ports` (`id`) ON DELETE CASCADE,
  CONSTRAINT `distributed_port_bindings_ibfk_2` FOREIGN KEY (`router_id`) REFERENCES `routers` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `dvr_host_macs` (
  `host` varchar(255) NOT NULL,
  `mac_address` varchar(32) NOT NULL,
  PRIMARY KEY (`host`),
  UNIQUE KEY `uq_dvr_host_macs_mac_address` (`mac_address`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `floatingips` (
  `id` varchar(36) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `floating_ip_address` varchar(64) NOT NULL,
  `floating_network_id` varchar(36) NOT NULL,
  `router_id` varchar(36) DEFAULT NULL,
  `port_id` varchar(36) DEFAULT NULL,
  `fixed_ip_address` varchar(64) DEFAULT NULL,
  `status` varchar(255) NOT NULL,
  `description` varchar(255) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  `floating_port_id` varchar(36) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_floatingips_floating_network_id_floating_ip_address` (`floating_network_id`,`floating_ip_address`),
  KEY `ix_floatingips_port_id` (`port_id`),
  KEY `ix_floatingips_router_id` (`router_id`),
  KEY `ix_floatingips_tenant_id` (`tenant_id`),
  CONSTRAINT `floatingips_ibfk_1` FOREIGN KEY (`floating_network_id`) REFERENCES `networks` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `floatingips` VALUES ('efc82a8c-8103-415f-9ae7-01cc6e9a8f08','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','10.64.201.2','19d1458c-e8b0-48c9-84ab-953a900bfa2d','9b5a73e3-9c0a-4fa5-8623-12b181ee2e40','df974d81-20c2-44d2-b713-b4cb9601b374','10.5.0.10','DOWN','','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0,'b94098bc-ba67-430d-bb63-86c383efa318');
CREATE TABLE `ha_router_networks` (
  `tenant_id` varchar(255) NOT NULL,
  `network_id` varchar(36) NOT NULL,
  PRIMARY KEY (`tenant_id`),
  KEY `ix_ha_router_networks_network_id` (`network_id`),
  CONSTRAINT `ha_router_networks_ibfk_1` FOREIGN KEY (`network_id`) REFERENCES `networks` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `ha_router_vrid_allocations` (
  `network_id` varchar(36) NOT NULL,
  `vr_id` bigint(20) NOT NULL,
  `router_id` varchar(36) NOT NULL,
  PRIMARY KEY (`network_id`,`vr_id`),
  UNIQUE KEY `uq_ha_router_vrid_allocations_router_id` (`router_id`),
  CONSTRAINT `ha_router_vrid_allocations_ibfk_1` FOREIGN KEY (`network_id`) REFERENCES `networks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `ha_router_vrid_allocations_ibfk_2` FOREIGN KEY (`router_id`) REFERENCES `routers` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
CREATE TABLE `ip_allocations` (
  `subnet_id` varchar(36) NOT NULL,
  `ip_address` varchar(64) NOT NULL,
  `network_id` varchar(36) NOT NULL,
  `port_id` varchar(36) NOT NULL,
  `position` bigint(20) NOT NULL,
  `distance` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`subnet_id`,`ip_address`),
  KEY `ix_ip_allocations_port_id` (`port_id`),
  KEY `ix_ip_allocations_ip_address` (`ip_address`),
  KEY `ix_ip_allocations_subnet_id_distance` (`subnet_id`,`distance`),
  CONSTRAINT `ip_allocations_ibfk_1` FOREIGN KEY (`subnet_id`) REFERENCES `subnets` (`id`),
  CONSTRAINT `ip_allocations_ibfk_2` FOREIGN KEY (`port_id`) REFERENCES `ports` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `ip_allocations` VALUES ('91d9b698-2ed4-4cd6-986d-bf52b9fc7420','10.64.201.1','19d1458c-e8b0-48c9-84ab-953a900bfa2d','aa6421c0-7be1-45d3-a0d3-874beb60b6ec',0,1);
INSERT INTO `ip_allocations` VALUES ('91d9b698-2ed4-4cd6-986d-bf52b9fc7420','10.64.201.2','19d1458c-e8b0-48c9-84ab-953a900bfa2d','b94098bc-ba67-430d-bb63-86c383efa318',0,2);
INSERT INTO `ip_allocations` VALUES ('9807ecc2-2bdc-443b-b831-cbd2b5eb80ea','10.5.0.1','b7e0510b-4009-43b8-94c1-a52c490d08b9','8e6d2f8f-203c-44d9-9835-ed48b7fc1484',0,1);
INSERT INTO `ip_allocations` VALUES ('9807ecc2-2bdc-443b-b831-cbd2b5eb80ea','10.5.0.10','b7e0510b-4009-43b8-94c1-a52c490d08b9','df974d81-20c2-44d2-b713-b4cb9601b374',0,10);
INSERT INTO `ip_allocations` VALUES ('9807ecc2-2bdc-443b-b831-cbd2b5eb80ea','10.5.0.2','b7e0510b-4009-43b8-94c1-a52c490d08b9','83ba84a3-5eeb-492c-8fff-d34eed33acec',0,2);
INSERT INTO `ip_allocations` VALUES ('9e98d7bb-b8e9-4b24-bc69-3b74b4ab715a','fd00:5::f816:3eff:fe36:d694','7ef57614-a3d2-464c-bdb8-1ab7788e8a08','e6993721-ba63-46a7-8ec0-9c11a5232146',0,NULL);
CREATE TABLE `network_dhcp_agents` (
  `network_id` varchar(36) NOT NULL,
  `agent_id` varchar(36) NOT NULL,
  PRIMARY KEY (`network_id`,`agent_id`),
  KEY `ix_network_dhcp_agents_agent_id` (`agent_id`),
  CONSTRAINT `network_dhcp_agents_ibfk_1` FOREIGN KEY (`network_id`) REFERENCES `networks` (`id`) ON DELETE CASCADE,
  CONSTRAINT `network_dhcp_agents_ibfk_2` FOREIGN KEY (`agent_id`) REFERENCES `agents` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `network_dhcp_agents` VALUES ('7ef57614-a3d2-464c-bdb8-1ab7788e8a08','5cf22155-6978-499c-8dc2-786121338977');
INSERT INTO `network_dhcp_agents` VALUES ('b7e0510b-4009-43b8-94c1-a52c490d08b9','5cf22155-6978-499c-8dc2-786121338977');
CREATE TABLE `networks` (
  `id` varchar(36) NOT NULL,
  `name` varchar(255) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `admin_state_up` tinyint(1) NOT NULL,
  `mtu` bigint(20) NOT NULL,
  `status` varchar(255) NOT NULL,
  `shared` tinyint(1) NOT NULL,
  `router:external` tinyint(1) NOT NULL,
  `description` varchar(255) NOT NULL,
  `port_security_enabled` tinyint(1) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  `provider:network_type` varchar(32) DEFAULT NULL,
  `provider:physical_network` varchar(64) DEFAULT NULL,
  `provider:segmentation_id` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_networks_tenant_id` (`tenant_id`),
  KEY `ix_networks_name` (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `networks` VALUES ('19d1458c-e8b0-48c9-84ab-953a900bfa2d','public01','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,1500,'ACTIVE',0,1,'',1,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',1,'flat','physnet1',NULL);
INSERT INTO `networks` VALUES ('7ef57614-a3d2-464c-bdb8-1ab7788e8a08','net-fd00:5::/64','dddddddddddddddddddddddddddddddd',1,1500,'ACTIVE',0,0,'',1,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',1,'vlan','physnet2',101);
INSERT INTO `networks` VALUES ('b7e0510b-4009-43b8-94c1-a52c490d08b9','old net é','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,1500,'ACTIVE',0,0,'',1,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',1,'vlan','physnet2',100);
CREATE TABLE `ports` (
  `id` varchar(36) NOT NULL,
  `name` varchar(255) NOT NULL,
  `network_id` varchar(36) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `mac_address` varchar(32) NOT NULL,
  `admin_state_up` tinyint(1) NOT NULL,
  `status` varchar(255) NOT NULL,
  `device_id` varchar(255) NOT NULL,
  `device_owner` varchar(255) NOT NULL,
  `allowed_address_pairs` longtext NOT NULL,
  `extra_dhcp_opts` longtext NOT NULL,
  `description` varchar(255) NOT NULL,
  `binding:vnic_type` varchar(255) NOT NULL,
  `binding:profile` longtext DEFAULT NULL,
  `binding:host_id` varchar(255) DEFAULT NULL,
  `binding:vif_type` varchar(255) NOT NULL,
  `binding:vif_details` longtext NOT NULL,
  `port_security_enabled` tinyint(1) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  `l2_up` tinyint(1) NOT NULL,
  `dhcp_ready` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_ports_network_id_mac_address` (`network_id`,`mac_address`),
  KEY `ix_ports_network_id` (`network_id`),
  KEY `ix_ports_tenant_id` (`tenant_id`),
  KEY `ix_ports_device_id` (`device_id`),
  KEY `ix_ports_binding_host_id` (`binding:host_id`),
  KEY `ix_ports_name` (`name`),
  CONSTRAINT `ports_ibfk_1` FOREIGN KEY (`network_id`) REFERENCES `networks` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `ports` VALUES ('83ba84a3-5eeb-492c-8fff-d34eed33acec','','b7e0510b-4009-43b8-94c1-a52c490d08b9','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','fa:16:3e:ea:5e:19',1,'DOWN','dhcp79ac16b7-042f-5762-9c87-2b0b99a9dacb-b7e0510b-4009-43b8-94c1-a52c490d08b9','network:dhcp','[]','[]','','normal','{}','network1','ovs','{\"connectivity\":\"l2\",\"port_filter\":true,\"ovs_hybrid_plug\":true,\"datapath_type\":\"system\",\"bridge_name\":\"br-int\",\"bound_drivers\":{\"0\":\"openvswitch\"}}',0,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0,0,0);
INSERT INTO `ports` VALUES ('8e6d2f8f-203c-44d9-9835-ed48b7fc1484','','b7e0510b-4009-43b8-94c1-a52c490d08b9','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','fa:16:3e:ca:82:c4',1,'DOWN','9b5a73e3-9c0a-4fa5-8623-12b181ee2e40','network:router_interface','[]','[]','','normal','{}','network1','ovs','{\"connectivity\":\"l2\",\"port_filter\":true,\"ovs_hybrid_plug\":true,\"datapath_type\":\"system\",\"bridge_name\":\"br-int\",\"bound_drivers\":{\"0\":\"openvswitch\"}}',0,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0,0,0);
INSERT INTO `ports` VALUES ('aa6421c0-7be1-45d3-a0d3-874beb60b6ec','','19d1458c-e8b0-48c9-84ab-953a900bfa2d','','fa:16:3e:ca:e8:98',1,'DOWN','9b5a73e3-9c0a-4fa5-8623-12b181ee2e40','network:router_gateway','[]','[]','','normal','{}','network1','ovs','{\"connectivity\":\"l2\",\"port_filter\":true,\"ovs_hybrid_plug\":true,\"datapath_type\":\"system\",\"bridge_name\":\"br-int\",\"bound_drivers\":{\"0\":\"openvswitch\"}}',0,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',1,0,0);
INSERT INTO `ports` VALUES ('b94098bc-ba67-430d-bb63-86c383efa318','','19d1458c-e8b0-48c9-84ab-953a900bfa2d','','fa:16:3e:64:73:5c',1,'N/A','efc82a8c-8103-415f-9ae7-01cc6e9a8f08','network:floatingip','[]','[]','','normal','{}','','unbound','{}',0,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0,0,0);
INSERT INTO `ports` VALUES ('df974d81-20c2-44d2-b713-b4cb9601b374','old-port','b7e0510b-4009-43b8-94c1-a52c490d08b9','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','fa:16:3e:4c:8a:5d',1,'DOWN','','compute:nova','[{\"mac_address\":\"fa:16:3e:4c:8a:5d\",\"ip_address\":\"10.5.0.99\"}]','[]','','normal','{}','compute1','ovs','{\"connectivity\":\"l2\",\"port_filter\":true,\"ovs_hybrid_plug\":true,\"datapath_type\":\"system\",\"bridge_name\":\"br-int\",\"bound_drivers\":{\"0\":\"openvswitch\"}}',1,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0,0,0);
INSERT INTO `ports` VALUES ('e6993721-ba63-46a7-8ec0-9c11a5232146','','7ef57614-a3d2-464c-bdb8-1ab7788e8a08','dddddddddddddddddddddddddddddddd','fa:16:3e:36:d6:94',1,'DOWN','dhcp79ac16b7-042f-5762-9c87-2b0b99a9dacb-7ef57614-a3d2-464c-bdb8-1ab7788e8a08','network:dhcp','[]','[]','','normal','{}','network1','ovs','{\"connectivity\":\"l2\",\"port_filter\":true,\"ovs_hybrid_plug\":true,\"datapath_type\":\"system\",\"bridge_name\":\"br-int\",\"bound_drivers\":{\"0\":\"openvswitch\"}}',0,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0,0,0);
CREATE TABLE `quotas` (
  `tenant_id` varchar(255) NOT NULL,
  `resource` varchar(64) NOT NULL,
  `quota_limit` bigint(20) NOT NULL,
  PRIMARY KEY (`tenant_id`,`resource`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `quotas` VALUES ('dddddddddddddddddddddddddddddddd','port',77);
CREATE TABLE `router_l3_agents` (
  `router_id` varchar(36) NOT NULL,
  `agent_id` varchar(36) NOT NULL,
  `ha_state` varchar(16) DEFAULT NULL,
  PRIMARY KEY (`router_id`,`agent_id`),
  KEY `ix_router_l3_agents_agent_id` (`agent_id`),
  CONSTRAINT `router_l3_agents_ibfk_1` FOREIGN KEY (`router_id`) REFERENCES `routers` (`id`) ON DELETE CASCADE,
  CONSTRAINT `router_l3_agents_ibfk_2` FOREIGN KEY (`agent_id`) REFERENCES `agents` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `router_l3_agents` VALUES ('9b5a73e3-9c0a-4fa5-8623-12b181ee2e40','d62c2837-6b4b-4fae-baab-3c43741bf379',NULL);
CREATE TABLE `routers` (
  `id` varchar(36) NOT NULL,
  `name` varchar(255) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `admin_state_up` tinyint(1) NOT NULL,
  `status` varchar(255) NOT NULL,
  `description` varchar(255) NOT NULL,
  `distributed` tinyint(1) NOT NULL,
  `ha` tinyint(1) NOT NULL,
  `routes` longtext DEFAULT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  `gw_port_id` varchar(36) DEFAULT NULL,
  `enable_snat` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_routers_tenant_id` (`tenant_id`),
  KEY `ix_routers_gw_port_id` (`gw_port_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `routers` VALUES ('9b5a73e3-9c0a-4fa5-8623-12b181ee2e40','old-router','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1,'ACTIVE','',0,0,'[]','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0,'aa6421c0-7be1-45d3-a0d3-874beb60b6ec',1);
CREATE TABLE `schema_version` (
  `version` bigint(20) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci;
INSERT INTO `schema_version` VALUES (1);
CREATE TABLE `security_group_bindings` (
  `port_id` varchar(36) NOT NULL,
  `security_group_id` varchar(36) NOT NULL,
  PRIMARY KEY (`port_id`,`security_group_id`),
  KEY `ix_security_group_bindings_security_group_id` (`security_group_id`),
  CONSTRAINT `security_group_bindings_ibfk_1` FOREIGN KEY (`port_id`) REFERENCES `ports` (`id`) ON DELETE CASCADE,
  CONSTRAINT `security_group_bindings_ibfk_2` FOREIGN KEY (`security_group_id`) REFERENCES `security_groups` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `security_group_bindings` VALUES ('df974d81-20c2-44d2-b713-b4cb9601b374','5aa6ee3a-3ed6-4e31-82f3-017b03c49013');
CREATE TABLE `security_group_rules` (
  `id` varchar(36) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `security_group_id` varchar(36) NOT NULL,
  `direction` varchar(255) NOT NULL,
  `ethertype` varchar(40) NOT NULL,
  `protocol` varchar(255) DEFAULT NULL,
  `port_range_min` bigint(20) DEFAULT NULL,
  `port_range_max` bigint(20) DEFAULT NULL,
  `remote_ip_prefix` varchar(255) DEFAULT NULL,
  `remote_group_id` varchar(255) DEFAULT NULL,
  `description` varchar(255) DEFAULT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `ix_security_group_rules_security_group_id` (`security_group_id`),
  KEY `ix_security_group_rules_remote_group_id` (`remote_group_id`),
  KEY `ix_security_group_rules_tenant_id` (`tenant_id`),
  CONSTRAINT `security_group_rules_ibfk_1` FOREIGN KEY (`security_group_id`) REFERENCES `security_groups` (`id`) ON DELETE CASCADE,
  CONSTRAINT `security_group_rules_ibfk_2` FOREIGN KEY (`remote_group_id`) REFERENCES `security_groups` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `security_group_rules` VALUES ('07e31f0a-689a-4097-b9d0-888eeb5e7801','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','5aa6ee3a-3ed6-4e31-82f3-017b03c49013','ingress','IPv4',NULL,NULL,NULL,NULL,'5aa6ee3a-3ed6-4e31-82f3-017b03c49013',NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `security_group_rules` VALUES ('0bd81452-daf1-4d20-b547-ef52ae4705fe','dddddddddddddddddddddddddddddddd','a49a68f2-f0f7-4336-ba90-7dadf40cddc8','ingress','IPv6',NULL,NULL,NULL,NULL,'a49a68f2-f0f7-4336-ba90-7dadf40cddc8',NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `security_group_rules` VALUES ('3a4e3759-9d72-4c1f-a222-336fefc792e7','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','5aa6ee3a-3ed6-4e31-82f3-017b03c49013','egress','IPv6',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `security_group_rules` VALUES ('5eb5b3fa-bccd-4651-a1f1-7a55614442d4','dddddddddddddddddddddddddddddddd','a49a68f2-f0f7-4336-ba90-7dadf40cddc8','egress','IPv6',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `security_group_rules` VALUES ('681f6e6c-9d12-4b45-8685-45e7110b7c98','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','5aa6ee3a-3ed6-4e31-82f3-017b03c49013','ingress','IPv6',NULL,NULL,NULL,NULL,'5aa6ee3a-3ed6-4e31-82f3-017b03c49013',NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `security_group_rules` VALUES ('6a8d5aa6-6c73-4f3a-b06b-bc4aed505e70','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','5aa6ee3a-3ed6-4e31-82f3-017b03c49013','egress','IPv4',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `security_group_rules` VALUES ('adc0acd5-adab-4186-a5bb-7fa97b8f4c5f','dddddddddddddddddddddddddddddddd','a49a68f2-f0f7-4336-ba90-7dadf40cddc8','ingress','IPv4',NULL,NULL,NULL,NULL,'a49a68f2-f0f7-4336-ba90-7dadf40cddc8',NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `security_group_rules` VALUES ('de28a142-b782-41c0-acaf-b9c39f4200d9','dddddddddddddddddddddddddddddddd','a49a68f2-f0f7-4336-ba90-7dadf40cddc8','egress','IPv4',NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
CREATE TABLE `security_groups` (
  `id` varchar(36) NOT NULL,
  `name` varchar(255) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `description` varchar(255) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  `default_of` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `uq_security_groups_default_of` (`default_of`),
  KEY `ix_security_groups_tenant_id_name` (`tenant_id`,`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `security_groups` VALUES ('5aa6ee3a-3ed6-4e31-82f3-017b03c49013','default','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','Default security group','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
INSERT INTO `security_groups` VALUES ('a49a68f2-f0f7-4336-ba90-7dadf40cddc8','default','dddddddddddddddddddddddddddddddd','Default security group','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',1,'dddddddddddddddddddddddddddddddd');
CREATE TABLE `segment_allocations` (
  `segment` varchar(128) NOT NULL,
  `network_id` varchar(36) NOT NULL,
  PRIMARY KEY (`segment`),
  KEY `ix_segment_allocations_network_id` (`network_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `segment_allocations` VALUES ('flat:physnet1','19d1458c-e8b0-48c9-84ab-953a900bfa2d');
INSERT INTO `segment_allocations` VALUES ('vlan:physnet2:101','7ef57614-a3d2-464c-bdb8-1ab7788e8a08');
INSERT INTO `segment_allocations` VALUES ('vlan:physnet2:100','b7e0510b-4009-43b8-94c1-a52c490d08b9');
CREATE TABLE `subnetpools` (
  `id` varchar(36) NOT NULL,
  `name` varchar(255) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `prefixes` longtext NOT NULL,
  `default_quota` bigint(20) DEFAULT NULL,
  `min_prefixlen` bigint(20) NOT NULL,
  `max_prefixlen` bigint(20) NOT NULL,
  `default_prefixlen` bigint(20) NOT NULL,
  `address_scope_id` varchar(36) DEFAULT NULL,
  `ip_version` bigint(20) NOT NULL,
  `shared` tinyint(1) NOT NULL,
  `is_default` tinyint(1) NOT NULL,
  `description` varchar(255) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `subnetpools` VALUES ('5e1e6f58-3acd-406b-98c9-62938beacfc2','old-pool','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','[\"10.20.0.0/16\"]',NULL,8,32,24,NULL,4,0,0,'','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
CREATE TABLE `subnets` (
  `id` varchar(36) NOT NULL,
  `name` varchar(255) NOT NULL,
  `tenant_id` varchar(255) NOT NULL,
  `network_id` varchar(36) NOT NULL,
  `ip_version` bigint(20) NOT NULL,
  `subnetpool_id` varchar(36) DEFAULT NULL,
  `enable_dhcp` tinyint(1) NOT NULL,
  `ipv6_ra_mode` varchar(255) DEFAULT NULL,
  `ipv6_address_mode` varchar(255) DEFAULT NULL,
  `gateway_ip` varchar(64) DEFAULT NULL,
  `cidr` varchar(64) DEFAULT NULL,
  `allocation_pools` longtext NOT NULL,
  `host_routes` longtext NOT NULL,
  `dns_nameservers` longtext NOT NULL,
  `description` varchar(255) NOT NULL,
  `created_at` varchar(32) NOT NULL,
  `updated_at` varchar(32) NOT NULL,
  `revision_number` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `subnetpool_id` (`subnetpool_id`),
  KEY `ix_subnets_network_id` (`network_id`),
  KEY `ix_subnets_tenant_id` (`tenant_id`),
  CONSTRAINT `subnets_ibfk_1` FOREIGN KEY (`network_id`) REFERENCES `networks` (`id`),
  CONSTRAINT `subnets_ibfk_2` FOREIGN KEY (`subnetpool_id`) REFERENCES `subnetpools` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin ROW_FORMAT=DYNAMIC;
INSERT INTO `subnets` VALUES ('91d9b698-2ed4-4cd6-986d-bf52b9fc7420','','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','19d1458c-e8b0-48c9-84ab-953a900bfa2d',4,NULL,0,NULL,NULL,'10.64.201.254','10.64.201.0/24','[{\"start\":\"10.64.201.1\",\"end\":\"10.64.201.253\"}]','[]','[]','','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `subnets` VALUES ('9807ecc2-2bdc-443b-b831-cbd2b5eb80ea','','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','b7e0510b-4009-43b8-94c1-a52c490d08b9',4,NULL,1,NULL,NULL,'10.5.0.1','10.5.0.0/24','[{\"start\":\"10.5.0.2\",\"end\":\"10.5.0.254\"}]','[]','[]','','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
INSERT INTO `subnets` VALUES ('9e98d7bb-b8e9-4b24-bc69-3b74b4ab715a','','dddddddddddddddddddddddddddddddd','7ef57614-a3d2-464c-bdb8-1ab7788e8a08',6,NULL,1,'slaac','slaac','fd00:5::1','fd00:5::/64','[{\"start\":\"fd00:5::2\",\"end\":\"fd00:5::ffff:ffff:ffff:ffff\"}]','[]','[]','','2026-11-26T06:04:28Z','2026-11-26T06:04:28Z',0);
