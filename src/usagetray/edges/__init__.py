"""What touches the world: network, keychain, disk, desktop. Thin: no judgement about quotas."""
