terraform import ory_project_raw_config.sign_in 9f425a8d-7efc-4768-8f23-7647a74fdf13
